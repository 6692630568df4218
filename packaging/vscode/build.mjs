// Bundles the extension, and copies beside it what comes from elsewhere.

import { build } from "esbuild";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { metafile } = await build({
    entryPoints: ["src/extension.ts"],
    outfile: "out/extension.js",
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode"],
    metafile: true,
});
copyFileSync("../../LICENSE", "LICENSE");
copyFileSync("../../schemas/config.schema.json", "out/config.schema.json");

// The licences of what is bundled ask for their text to go with it.
const packages = Object.keys(metafile.inputs).map((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
const texts = [...new Set(packages)].filter(Boolean).sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = existsSync(folder) && readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    if (!file) {
        throw new Error(`${name} has no licence`);
    }
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync("out/licenses.txt", texts.join("\n" + "-".repeat(80) + "\n\n"));
