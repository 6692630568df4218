// Drives Chromium by its own protocol over a pipe: opens every page of a folder and tries it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, pictures] = process.argv.slice(2);
const axeFile = join(folder, "node_modules/axe-core/axe.min.js");
const axe = existsSync(axeFile) ? readFileSync(axeFile, "utf8") : undefined;
if (pictures) mkdirSync(pictures, { recursive: true });

class Chromium {
  #next = 1;
  #waiting = new Map();
  #heard = [];

  constructor(profile) {
    const options = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu"];
    // Within containers there is often no other user than root, who cannot be confined.
    if (process.getuid() === 0) options.push("--no-sandbox");
    const stdio = ["ignore", "ignore", "ignore", "pipe", "pipe"];
    this.process = spawn(process.env.CHROMIUM, [...options, `--user-data-dir=${profile}`], { stdio });
    let rest = "";
    this.process.stdio[4].on("data", (data) => {
      const messages = (rest + data).split("\0");
      rest = messages.pop();
      messages.forEach((message) => this.#hear(JSON.parse(message)));
    });
  }

  #hear(message) {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return this.#heard.forEach((hear) => hear(message));
    this.#waiting.delete(message.id);
    message.error ? waiting.reject(new Error(message.error.message)) : waiting.resolve(message.result);
  }

  on(hear) {
    this.#heard.push(hear);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.#next++;
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }
}

// What is run within the page: whether its tables can be filtered and sorted, and what is wrong otherwise.
const trial = () => {
  const wrong = [];
  const check = (is, what) => is || wrong.push(what);
  check(document.querySelectorAll("script").length === 1, "there is another script");
  check(document.querySelectorAll("style").length === 1, "there is another style");
  const foreign = "img, iframe, object, embed, link, base, form, video, audio, a:not([href^='#']), [style]";
  check(!document.querySelector(foreign), "there is an element that no report has");
  for (const table of document.querySelectorAll("table.sift")) {
    const name = table.caption.textContent;
    const rows = [...table.tBodies[0].rows].filter((row) => row.className !== "group");
    const controls = table.closest(".frame").previousElementSibling;
    if (rows.length < 6) continue;
    check(controls?.matches(".controls"), `${name}: no filter`);
    const [field, output] = [controls.querySelector("input"), controls.querySelector("output")];
    const shown = () => rows.filter((row) => !row.hidden).length;
    const type = (text) => {
      field.value = text;
      field.dispatchEvent(new Event("input"));
    };
    // What did not change is shown when it is asked for.
    const box = controls.querySelector("input[type=checkbox]");
    if (box) {
      const groups = [...table.querySelectorAll("tr.group")].filter((row) => !row.hidden);
      check(shown() > 0 && shown() < rows.length && groups.length <= shown(), `${name}: nothing is left out`);
      box.click();
    }
    type(rows[0].textContent.trim().split(/\s+/)[0]);
    check(shown() > 0 && !rows[0].hidden, `${name}: the filter hides what it should find`);
    type("nothing-has-this-text");
    check(shown() === 0 && output.textContent.startsWith("0 of"), `${name}: the filter leaves rows`);
    type("");
    check(shown() === rows.length, `${name}: an empty filter hides rows`);
    for (const select of controls.querySelectorAll("select")) {
      select.selectedIndex = 1;
      select.dispatchEvent(new Event("change"));
      check(shown() > 0 && shown() < rows.length, `${name}: a choice changes nothing`);
      select.selectedIndex = 0;
      select.dispatchEvent(new Event("change"));
    }
    for (const button of table.tHead.querySelectorAll("button")) {
      const heading = button.closest("th");
      const texts = () => [...table.tBodies[0].rows].map((row) => row.cells[heading.cellIndex]);
      const values = () => texts().map((cell) => Number(cell.dataset.by ?? cell.textContent));
      button.click();
      check(heading.getAttribute("aria-sort"), `${name}: sorting is not announced`);
      button.click();
      const isUp = heading.getAttribute("aria-sort") === "ascending";
      const numbers = values();
      const isSorted = numbers.every((number, at) => at === 0 || !(numbers[at - 1] > number));
      check(!heading.matches(".number") || !isUp || isSorted, `${name}: not sorted by ${button.textContent}`);
    }
    box?.click();
  }
  return wrong;
};

const chromium = new Chromium(join(folder, "profile"));
const { targetId } = await chromium.send("Target.createTarget", { url: "about:blank" });
const { sessionId } = await chromium.send("Target.attachToTarget", { targetId, flatten: true });
const send = (method, params) => chromium.send(method, params, sessionId);
const evaluate = async (expression) => {
  const done = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (done.exceptionDetails) throw new Error(done.exceptionDetails.exception?.description ?? expression);
  return done.result.value;
};
const size = (width, height) =>
  send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
const scheme = (value) =>
  send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
const picture = async (name) => {
  if (!pictures) return;
  const { data } = await send("Page.captureScreenshot", { captureBeyondViewport: true });
  writeFileSync(join(pictures, name), data, "base64");
};

let complaints = [];
chromium.on(({ method, params }) => {
  if (method === "Runtime.exceptionThrown") complaints.push(params.exceptionDetails.text);
  if (method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(params.type)) {
    complaints.push(params.args.map((argument) => argument.value).join(" "));
  }
  if (method === "Log.entryAdded" && params.entry.level !== "info") complaints.push(params.entry.text);
  if (method === "Network.requestWillBeSent" && !params.request.url.startsWith("file:")) {
    complaints.push(`${params.request.url} was asked for`);
  }
});
for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);

const open = async (file) => {
  const loaded = new Promise((done) => chromium.on(({ method }) => method === "Page.loadEventFired" && done()));
  await send("Page.navigate", { url: pathToFileURL(resolve(folder, file)).href });
  await loaded;
};

let failed = false;
for (const file of readdirSync(folder).filter((name) => name.endsWith(".html")).sort()) {
  complaints = [];
  const name = file.replace(".html", "");
  const wrong = [];
  await size(1280, 900);
  await scheme("light");
  await open(file);
  await picture(`${name}-light.png`);
  if (pictures) {
    const { data } = await send("Page.printToPDF", { printBackground: true });
    writeFileSync(join(pictures, `${name}.pdf`), data, "base64");
  }
  wrong.push(...(await evaluate(`(${trial})()`)));
  if (axe) await evaluate(`${axe}; undefined`);
  for (const colours of axe ? ["light", "dark"] : []) {
    await scheme(colours);
    const found = await evaluate("axe.run(document, { resultTypes: ['violations'] }).then((run) => run.violations)");
    for (const { id, impact, help, nodes } of found) {
      const place = `${nodes.length} times, first ${nodes[0].html.slice(0, 200)}`;
      if (["serious", "critical"].includes(impact)) wrong.push(`axe (${colours}): ${id}: ${help}, ${place}`);
      else console.log(`  ${name}: axe (${colours}), ${impact}: ${id}: ${help}, ${place}`);
    }
  }
  await open(file);
  await picture(`${name}-dark.png`);
  await scheme("light");
  await size(400, 800);
  await picture(`${name}-narrow.png`);
  const excess = await evaluate("document.documentElement.scrollWidth - innerWidth");
  if (excess > 0) wrong.push(`at 400 pixels the page is ${excess} too wide`);
  wrong.push(...complaints);
  failed ||= wrong.length > 0;
  console.log(`${wrong.length ? "fails" : "ok"}: ${name}`);
  wrong.forEach((what) => console.log(`  ${what}`));
}
// Its profile is written to until it has ended, and lies in the folder that is removed then.
const ended = new Promise((done) => chromium.process.on("exit", done));
chromium.send("Browser.close").catch(() => {});
await ended;
process.exit(failed ? 1 : 0);
