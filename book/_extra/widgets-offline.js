// Tell require.js where anywidget lies: beside this file, not on a CDN.
require.config({ paths: { anywidget: new URL("vendor/anywidget", document.currentScript.src).href } });
