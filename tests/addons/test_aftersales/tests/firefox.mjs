/* Drives Firefox for firefox.py: a line of JSON in, a line of JSON out, and what the page says. */
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { env, exit, stdin, stdout } from "node:process";

const puppeteer = createRequire(`${env.AFTERSALES_NODE}/`)("puppeteer-core");
const say = (facts) => stdout.write(`${JSON.stringify(facts)}\n`);

const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: env.AFTERSALES_FIREFOX,
    headless: true,
});
const page = await browser.newPage();

/* Firefox, not Chrome, calls it an error when a page is left that still loads something. */
const [COMES, GOES] = ["the page comes", "the page goes"];
let isGoing = false;
await page.evaluateOnNewDocument(
    (comes, goes) => {
        console.debug(comes);
        window.addEventListener("beforeunload", () => console.debug(goes));
    },
    COMES,
    GOES,
);
page.on("console", (message) => {
    const [kind, text] = [message.type(), message.text()];
    isGoing = text === GOES || (isGoing && text !== COMES);
    if (!isGoing || kind !== "error") {
        say({ kind, text });
    }
});
page.on("pageerror", (error) => isGoing || say({ kind: "error", text: String(error) }));

const ACTIONS = {
    size: ({ width, height }) => page.setViewport({ width, height }),
    cookie: ({ cookie }) => browser.setCookie(cookie),
    open: ({ url }) => page.goto(url, { waitUntil: "domcontentloaded" }),
    evaluate: ({ code }) => page.evaluate(code),
    picture: ({ path }) => page.screenshot({ path }),
    version: () => browser.version(),
    stop: () => browser.close(),
};
const PLAIN = new Set(["boolean", "number", "string"]);

for await (const line of createInterface({ input: stdin })) {
    const { action, ...facts } = JSON.parse(line);
    try {
        const result = await ACTIONS[action](facts);
        say({ kind: "answer", result: PLAIN.has(typeof result) ? result : null });
    } catch (error) {
        say({ kind: "answer", error: String(error) });
    }
    if (action === "stop") {
        exit();
    }
}
