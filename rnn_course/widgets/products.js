// One kernel for every product of matrices, in flat Float64Arrays, row by row.

/** C += A B, with A (m, k), B (k, n) and C (m, n). Each matrix is an array and the place of its first number; a row of
 * C or B follows the last one `cRow` or `bRow` numbers on. In A the next row is `aRow` numbers on and the next column
 * `aColumn`, so that a transposed matrix needs no copy. Four rows by four columns are summed at once: each number that
 * is read serves four products, which is three times as fast as one sum after another. */
export function addProduct(C, c, cRow, A, a, aRow, aColumn, B, b, bRow, m, n, k) {
  const [rows, columns] = [m - (m % 4), n - (n % 4)];
  for (let i = 0; i < rows; i += 4) {
    for (let j = 0; j < columns; j += 4) {
      addBlock(C, c + i * cRow + j, cRow, A, a + i * aRow, aRow, aColumn, B, b + j, bRow, k);
    }
  }
  addRest(C, c, cRow, A, a, aRow, aColumn, B, b, bRow, 0, rows, columns, n, k);
  addRest(C, c, cRow, A, a, aRow, aColumn, B, b, bRow, rows, m, 0, n, k);
}

function addBlock(C, c, cRow, A, a, aRow, aColumn, B, b, bRow, k) {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  for (let p = 0, x = a, y = b; p < k; p++, x += aColumn, y += bRow) {
    const b0 = B[y];
    const b1 = B[y + 1];
    const b2 = B[y + 2];
    const b3 = B[y + 3];
    const a0 = A[x];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = A[x + aRow];
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = A[x + 2 * aRow];
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = A[x + 3 * aRow];
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  addFour(C, c, c00, c01, c02, c03);
  addFour(C, c + cRow, c10, c11, c12, c13);
  addFour(C, c + 2 * cRow, c20, c21, c22, c23);
  addFour(C, c + 3 * cRow, c30, c31, c32, c33);
}

function addFour(C, c, c0, c1, c2, c3) {
  C[c] += c0;
  C[c + 1] += c1;
  C[c + 2] += c2;
  C[c + 3] += c3;
}

/** What the blocks leave: the rows `i0` to `i1` and columns `j0` to `j1`, one number after another. */
function addRest(C, c, cRow, A, a, aRow, aColumn, B, b, bRow, i0, i1, j0, j1, k) {
  for (let i = i0; i < i1; i++) {
    for (let j = j0; j < j1; j++) {
      let sum = 0;
      for (let p = 0, x = a + i * aRow, y = b + j; p < k; p++, x += aColumn, y += bRow) sum += A[x] * B[y];
      C[c + i * cRow + j] += sum;
    }
  }
}
