// Makes what a reader switches on in a formula's menu work, from files too: speech, Braille, the explorer and folding.
//
// They wait for rules that MathJax fetches. A page opened from a file may fetch nothing, and MathJax would leave raw
// TeX; a script it may load. tools/vendor_assets.py makes the scripts.
{
  const folder = new URL("vendor/mathjax/sre/mathmaps/", document.currentScript.src);
  globalThis.speechRules = {};

  /** The rules of a language, `en`, or those that all have in common, `base`, as JSON. */
  const load = (name) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(`${name}.js`, folder);
      script.onload = () => resolve(JSON.stringify(globalThis.speechRules[name]));
      script.onerror = () => reject(new Error(`${script.src} was not found`));
      document.head.append(script);
    });

  const speechIsThere = () => {
    globalThis.SREfeature.custom = load;
  };

  // MathJax's menu throws the formulas away, meets the rules that are not there yet and forgets to try again
  // (mathjax/MathJax#3124): every formula would be gone until the page is loaded again.
  const mathJaxIsThere = () => {
    const { startup, _: modules } = globalThis.MathJax;
    startup.defaultReady();
    const menu = modules.ui.menu.Menu.Menu.prototype;
    const { rerender } = menu;
    menu.rerender = function (...start) {
      return modules.util.Retries.handleRetriesFor(() => rerender.apply(this, start));
    };
  };

  Object.assign(globalThis.MathJax, {
    loader: { "a11y/sre": { ready: speechIsThere } },
    startup: { ready: mathJaxIsThere },
  });
}
