// What Google's runtime offers to a script, over the real network: just what docs/consumers.md uses.
const { execFileSync } = require("node:child_process");
const { readFileSync } = require("node:fs");
const kept = { CANDID_URL: process.env.CANDID_URL, CANDID_TOKEN: process.env.CANDID_TOKEN };
const cells = [];
let fetched = 0;
globalThis.PropertiesService = {
  getScriptProperties: () => ({
    getProperty: (name) => kept[name] ?? null,
    setProperty: (name, value) => { kept[name] = value; },
  }),
};
globalThis.UrlFetchApp = {
  fetch: (url, options) => {
    fetched += 1;
    const headers = Object.entries(options.headers).flatMap(([k, v]) => ["--header", `${k}: ${v}`]);
    const told = execFileSync("curl", ["--silent", "--include", ...headers, url], { encoding: "utf8" });
    const [head, ...body] = told.split("\r\n\r\n");
    const [first, ...lines] = head.split("\r\n");
    const pairs = lines.map((line) => line.split(/: (.*)/s).slice(0, 2));
    return {
      getResponseCode: () => Number(first.split(" ")[1]),
      getContentText: () => body.join("\r\n\r\n"),
      getHeaders: () => Object.fromEntries(pairs),
    };
  },
};
const sheet = {
  clearContents: () => { cells.length = 0; },
  getRange: (row, column, rows, columns) => ({
    setValues: (values) => {
      if (values.length !== rows || values.some((v) => v.length !== columns)) throw new Error("size");
      cells.push(...values);
    },
  }),
};
globalThis.SpreadsheetApp = {
  getActiveSpreadsheet: () => ({ getSheetByName: () => null, insertSheet: () => sheet }),
};
(0, eval)(readFileSync(0, "utf8"));
refreshNetSales();
const first = fetched;
refreshNetSales();
console.log(JSON.stringify({ cells, kept, fetched, first }));
