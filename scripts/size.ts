/**
 * How large the package is, and what a worker loads before its adapter. `npm run size` prints it; a test keeps it.
 */
import { execFileSync } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { gzipSync } from "node:zlib"

const root = fileURLToPath(new URL("..", import.meta.url))

export interface Size {
  readonly what: string
  readonly bytes: number
  /** What it may grow to; a larger one needs a reason and a new limit. */
  readonly limit: number
}

/** The files that `entry` loads from the package, itself included. */
const closure = (entry: string, seen: Set<string> = new Set()): Set<string> => {
  if (seen.has(entry)) return seen
  seen.add(entry)
  for (const [, target] of readFileSync(entry, "utf8").matchAll(/(?:from|import)\s*["'](\.[^"']+)["']/g)) {
    if (target !== undefined) closure(join(dirname(entry), target), seen)
  }
  return seen
}

const bytesOf = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + statSync(file).size, 0)

/** What a worker of `runtime` loads besides the adapter's own code: what it starts with, and what the adapter imports. */
const worker = (runtime: "node" | "deno" | "bun"): Set<string> => {
  const name = `${runtime[0]?.toUpperCase()}${runtime.slice(1)}Bootstrap.js`
  const files = closure(join(root, "dist", `runtime-${runtime}`, name))
  return closure(join(root, "dist", "worker", "Adapter.js"), files)
}

/** All sizes, of what was built last. */
export const sizes = (): ReadonlyArray<Size> => {
  const packed: ReadonlyArray<{ readonly size: number; readonly unpackedSize: number }> = Object.values(
    JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: root, encoding: "utf8", stdio: "pipe" }))
  )
  const gzipped = (files: Iterable<string>): number =>
    gzipSync(Buffer.concat([...files].map((file) => readFileSync(file)))).length
  return [
    { what: "package, packed", bytes: packed[0]?.size ?? 0, limit: 300_000 },
    { what: "package, unpacked", bytes: packed[0]?.unpackedSize ?? 0, limit: 1_200_000 },
    {
      what: "main side: troupe and a runtime",
      bytes: bytesOf(closure(join(root, "dist/index.js"), closure(join(root, "dist/runtime-node/index.js")))),
      limit: 300_000
    },
    ...(["node", "deno", "bun"] as const).flatMap((runtime) => [
      { what: `worker on ${runtime}`, bytes: bytesOf(worker(runtime)), limit: 80_000 },
      { what: `worker on ${runtime}, gzipped`, bytes: gzipped(worker(runtime)), limit: 24_000 }
    ])
  ]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const { bytes, limit, what } of sizes()) {
    console.log(`${what.padEnd(36)}${(bytes / 1000).toFixed(1).padStart(8)} kB of ${(limit / 1000).toFixed(0)}`)
  }
}
