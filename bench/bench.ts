/**
 * `npm run bench`: troupe beside raw `postMessage` and other worker libraries. See README.md.
 */
import { spawnSync } from "node:child_process"
import { readdirSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import type { Plan } from "./measure.ts"
import { failures, ratios, type Report, type RuntimeName, runtimes, table } from "./report.ts"

const root = fileURLToPath(new URL("../", import.meta.url))

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    gate: { type: "boolean", default: false },
    runtime: { type: "string" }
  }
})

const isRuntime = (name: string): name is RuntimeName => runtimes.some((runtime) => runtime === name)

const here: RuntimeName = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node"

const modified = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** What is measured is the built library, so it must be that of the sources. Reports to stderr: stdout is the result. */
const build = (): void => {
  const sources = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
  const newest = Math.max(...sources.map((path) => modified(`${root}src/${path}`)))
  if (Math.min(modified(`${root}dist/index.js`), modified(`${root}dist/index.d.ts`)) > newest) return
  const { status, stderr, stdout } = spawnSync("npm", ["run", "build"], { cwd: root, encoding: "utf8" })
  process.stderr.write(`${stdout}${stderr}`)
  if (status !== 0) throw new Error(`Cannot measure: the build ended with ${status}`)
}

/** Runs this file on a runtime of the repository, and resolves to its exit code. */
const runOn = (runtime: RuntimeName): number => {
  const { status } = spawnSync(
    `${root}node_modules/.bin/${runtime}`,
    [
      ...(runtime === "deno" ? ["run", "-A"] : []),
      fileURLToPath(import.meta.url),
      "--runtime",
      runtime,
      ...(["quick", "json", "gate"] as const).flatMap((name) => (options[name] ? [`--${name}`] : []))
    ],
    { cwd: root, stdio: "inherit" }
  )
  return status ?? 1
}

const quick: Plan = { warmUp: 200, pipelined: 120, roundtrip: 8, rounds: 15, budget: 15_000, patience: 2500 }
const full: Plan = { warmUp: 1000, pipelined: 200, roundtrip: 20, rounds: 21, budget: 120_000, patience: 10_000 }

const run = async (): Promise<Report> => {
  // only now, after the build: these import the built library
  const { inFlight, measure } = await import("./measure.ts")
  const { rows } = await import("./rows/index.ts")
  const { measureStart } = await import("./start.ts")
  const { measureSizing, measureStraggler } = await import("./straggler.ts")
  const watchdog = await import("./watchdog.ts")
  watchdog.install()
  const begun = performance.now()
  const plan = options.quick ? quick : full
  const start = await measureStart(options.quick ? 30 : 40, plan.patience)
  const straggler = await measureStraggler(options.quick ? 3 : 9)
  const sizing = measureSizing()
  const measured = await measure(rows, plan)
  return {
    runtime: here,
    version: process.versions[here] ?? process.version,
    quick: options.quick,
    inFlight,
    seconds: Math.round((performance.now() - begun) / 1000),
    rows: measured,
    start,
    straggler,
    sizing,
    ratios: ratios(measured, start, straggler, sizing)
  }
}

const main = async (): Promise<number> => {
  const wanted = options.runtime ?? here
  if (!isRuntime(wanted)) {
    process.stderr.write(`Cannot run on ${wanted}: expected one of ${runtimes.join(", ")}\n`)
    return 2
  }
  build()
  if (options.runtime === undefined && !options.json) {
    return runtimes.map(runOn).find((status) => status !== 0) ?? 0
  }
  if (wanted !== here) return runOn(wanted)
  const report = await run()
  const text = options.json ? `${JSON.stringify(report, undefined, 2)}\n` : `${table(report)}\n`
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()))
  if (!options.gate) return 0
  const failed = failures(report)
  for (const failure of failed) process.stderr.write(`${failure}\n`)
  return failed.length === 0 ? 0 : 1
}

// threads of other libraries may still run: nothing waits for them
process.exit(await main())
