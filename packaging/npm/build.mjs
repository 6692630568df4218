// Makes the npm packages: `node packaging/npm/build.mjs OUT TARGET=PROGRAM...` leaves a folder for each of these
// targets in OUT, and OUT/gatelint, which has them as optional dependencies, and no others: nothing is asked of a registry
// that this does not make. The version is Cargo.toml's.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageName, programFile, targets } from "./targets.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const manifest = readFileSync(join(root, "Cargo.toml"), "utf8").split(/^\[(?!package\])/m)[0];
const field = (name) => {
  const found = manifest.match(new RegExp(`^${name} = "(.*)"$`, "m"));
  if (!found) throw new Error(`Cargo.toml has no ${name}`);
  return found[1];
};
const common = { version: field("version"), description: field("description"), license: field("license") };

const [out, ...programs] = process.argv.slice(2);
if (out === undefined) throw new Error("usage: build.mjs OUT TARGET=PROGRAM...");

const write = (folder, contents, files) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(contents, null, 2) + "\n");
  for (const [name, from] of Object.entries({ LICENSE: join(root, "LICENSE"), ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(from, join(folder, name));
  }
};

const versions = {};
for (const program of programs) {
  const [name, path] = program.split(/=(.*)/s);
  const target = targets.find(({ target }) => target === name);
  if (!target || !path) throw new Error(`not TARGET=PROGRAM: ${program}; targets are ${targets.map((one) => one.target).join(", ")}`);
  const folder = join(out, packageName(target));
  const file = programFile(target);
  const { os, cpu, libc } = target;
  const fits = { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
  write(folder, { name: packageName(target), ...common, ...fits, files: [file], preferUnplugged: true }, { [file]: path });
  chmodSync(join(folder, file), 0o755);
  versions[packageName(target)] = common.version;
}

write(
  join(out, "gatelint"),
  {
    name: "gatelint",
    ...common,
    keywords: ["mcp", "policy", "linter", "agents", "security"],
    bin: { gatelint: "bin/gatelint.js" },
    files: ["bin", "targets.mjs"],
    engines: { node: ">=18" },
    optionalDependencies: versions,
  },
  { "README.md": join(here, "README.md"), "bin/gatelint.js": join(here, "bin/gatelint.js"), "targets.mjs": join(here, "targets.mjs") },
);
