/**
 * Every example runs, as a user would run it, on the runtime that runs this test.
 */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { detect } from "../../src/runtime/index.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const runtime = detect()

/** What the example printed; rejects with it when it ends with another code than 0. */
const run = (file: string, ...args: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const before = runtime === "deno" ? ["run", "--allow-all"] : []
    const options = { cwd: root, timeout: 110_000, env: { ...process.env, TROUPE_ENV: "local" } }
    execFile(process.execPath, [...before, file, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${file} failed: ${error.message}\n${stdout}\n${stderr}`))
    })
  })

describe(`the examples on ${runtime}`, () => {
  it("templates are precompiled", async () => {
    const printed = await run("examples/precompile-templates/main.ts")
    expect(printed).toMatch(
      /^\d+ workers?\. compile in local takes 0\.5 of \d+ cores?, at least 2 and at most 4: \d+\./
    )
    const [, templates, characters] = /(\d+) templates became (\d+) characters/.exec(printed) ?? []
    expect(Number(templates)).toBeGreaterThan(50)
    expect(Number(characters)).toBeGreaterThan(100_000)
  })

  it("pages are fetched, as many at once as was chosen", async () => {
    const printed = await run("examples/fetch-pages/main.ts")
    expect(printed).toMatch(/^1 worker\. io in local takes 0\.75 of \d+ cores?, at least 2 and at most 8: \d+\./)
    const [, atOnce] = /one worker runs (\d+) calls at once/.exec(printed) ?? []
    expect(printed).toContain(`60 of 60 pages found, ${atOnce} of them at once`)
  })

  // the demo starts all three runtimes by itself
  it.skipIf(runtime !== "node")(
    "the demo renders the same bytes on every runtime",
    async () => {
      const printed = await run("examples/render-site/demo.ts", "docs")
      for (const name of ["Node", "Deno", "Bun"]) expect(printed).toContain(name)
      expect(printed).toMatch(/same/i)
    },
    120_000
  )
})
