/**
 * Every TypeScript block of the guides and docstrings is checked by the compiler, and run on the runtime that runs this
 * test, unless it only declares what it works on. What it says that it prints, it prints.
 */
import { execFile } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { detect } from "../../src/runtime/index.ts"
import { all, type Block } from "./blocks.ts"

const root = new URL("../../", import.meta.url)
const runtime = detect()
// inside the repository, where the package's own name leads to what was built; git ignores it
const folder = new URL(`site/docs-${runtime}/`, root)
const blocks = all(root)

/** The adapter that several docstrings call, as README shows it. */
const shared = blocks.filter(({ file, page }) => page === "README.md" && file === "greeter.adapter.ts")

const fileOf = ({ file, page }: Block): URL => new URL(`${page.replaceAll(/[/.]/g, "-")}/${file}`, folder)

const run = (
  command: string,
  args: ReadonlyArray<string>
): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    execFile(command, args, { cwd: fileURLToPath(root), timeout: 100_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` })
    })
  })

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  for (const page of new Set(blocks.map(({ page }) => page))) {
    for (const block of [...shared, ...blocks.filter((block) => block.page === page)]) {
      const file = fileOf({ ...block, page })
      mkdirSync(dirname(fileURLToPath(file)), { recursive: true })
      writeFileSync(file, `${block.code}\nexport {}\n`)
    }
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the blocks of the guides and docstrings", () => {
  it("are there", () => {
    expect(blocks.length).toBeGreaterThan(20)
    expect(shared).toHaveLength(1)
  })

  // types are the same on every runtime
  it.skipIf(runtime !== "node")("are correct", async () => {
    const config = new URL("tsconfig.json", folder)
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false }
    const extended = fileURLToPath(new URL("tsconfig.json", root))
    writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, include: ["**/*.ts"] }))
    const compiler = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root))
    expect(await run(process.execPath, [compiler, "-p", fileURLToPath(config)])).toEqual({ code: 0, output: "" })
  })

  for (const block of blocks.filter(({ file, isSketch }) => !isSketch && !file.endsWith(".adapter.ts"))) {
    it(`${block.at} runs`, async () => {
      const before = runtime === "deno" ? ["run", "--allow-all", "--quiet"] : []
      const { code, output } = await run(process.execPath, [...before, fileURLToPath(fileOf(block))])
      expect([code, code === 0 ? "" : output]).toEqual([0, ""])
      const printed = output.trim().split("\n")
      for (const [at, text] of block.prints.entries()) expect(printed[at]).toBe(text)
    })
  }
})
