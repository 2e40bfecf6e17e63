/**
 * Every example runs, as a user would run it, on the runtime that runs this test.
 */
import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
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
  it("the first actor counts words", async () => {
    const printed = await run("examples/first-actor/main.ts")
    const guides = readdirSync(join(root, "docs")).filter((file) => file.endsWith(".md"))
    expect(printed.match(/^[\w-]+\.md: \d{3,} words$/gm)).toHaveLength(guides.length)
    expect(printed).toMatch(new RegExp(`^${guides.length} guides\\. \\d+ workers?\\.`, "m"))
  })

  it("a stream goes in and another comes out, and no more is read than is needed", async () => {
    const printed = await run("examples/streaming/main.ts")
    const [, matches, read, files, lines] =
      /^(\d+) matches; (\d+) of (\d+) files read, (\d+) lines reported$/m.exec(printed) ?? []
    expect(Number(matches)).toBe(5)
    expect(Number(files)).toBeGreaterThan(200)
    expect(Number(read)).toBeLessThan(Number(files))
    expect(Number(lines)).toBeGreaterThan(0)
  })

  it("work that takes a core is stopped", async () => {
    const printed = await run("examples/cancel-cpu-work/main.ts")
    expect(printed).toMatch(
      /^CallTimeout: stopped\nfound 000\w{3}\.\.\., the other one stopped\ninterrupted: stopped\n4 calls: 1 succeeded, 1 failed, 2 interrupted\n$/
    )
  })

  it("a class that was never meant for several callers loses nothing", async () => {
    const printed = await run("examples/wrap-a-class/main.ts")
    expect(printed).toBe("without an actor some of 100 additions got lost\nbehind an actor 0 got lost\n")
  })

  it("an existing Comlink worker is adopted", async () => {
    const printed = await run("examples/adopt-comlink/main.ts")
    expect(printed).toBe(
      "brightness: 0, 64, 128, 255\n" +
        "WorkerLost: Images was lost while it ran Images.decode: it exited with code 1\n" +
        "and on it goes: 2\n"
    )
  })

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
