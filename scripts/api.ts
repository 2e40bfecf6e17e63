/**
 * Writes the reference of every export to `api/`: `npm run api`.
 *
 * deno doc leaves out what a namespace takes from other modules, so each namespace of `troupe` is a module of its own
 * in the reference.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const index = readFileSync(`${root}src/index.ts`, "utf8")

const namespaces = Array.from(index.matchAll(/^export \* as \w+ from "\.\/(.*)"$/gm), ([, file]) => `src/${file}`)
// the other entry points are those of the package
const entries = Object.values(
  (JSON.parse(readFileSync(`${root}deno.json`, "utf8")) as { readonly exports: Record<string, string> }).exports
).filter((file) => file !== "./src/index.ts")

const args = ["doc", "--quiet", "--html", "--name=troupe", "--output=api", ...namespaces, ...entries]
execFileSync(`${root}node_modules/.bin/deno`, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
