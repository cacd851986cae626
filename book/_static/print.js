// Paper is white: a page in the dark theme is printed in the light one, and goes back to its own after that.
{
  const { dataset } = document.documentElement;
  const paper = matchMedia("print");
  let theme;
  paper.addEventListener("change", () => {
    if (paper.matches) {
      theme = dataset.theme;
      dataset.theme = "light";
    } else {
      dataset.theme = theme;
    }
  });
}
