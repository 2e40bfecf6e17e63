/**
 * The package as its users get it: checked by the registries' own tools, installed from its tarball, and run as built
 * JavaScript on every runtime that it is for. Started by Node alone, which starts the others.
 */
import { execFile } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { sizes } from "../../scripts/size.ts"
import * as troupe from "../../src/index.ts"
import { detect } from "../../src/runtime/index.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const bin = (name: string): string => join(root, "node_modules", ".bin", name)
const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, file), "utf8"))

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = (cwd: string, command: string, args: ReadonlyArray<string>): Promise<Run> =>
  new Promise((resolve) => {
    execFile(command, args, { cwd, timeout: 170_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, stdout, stderr })
    })
  })

/** As `run`, but fails with all that was printed. */
const succeed = async (cwd: string, command: string, args: ReadonlyArray<string>): Promise<string> => {
  const { code, stderr, stdout } = await run(cwd, command, args)
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}\n${stdout}\n${stderr}`)
  return stdout
}

describe.runIf(detect() === "node")("the package", { timeout: 180_000 }, () => {
  let folder = ""
  let tarball = ""
  const nodes = [20, 22, 26]
  const nodeOf = (major: number): string => {
    const installed = join(
      folder,
      `node${major}`,
      "node_modules",
      `node-${process.platform}-${process.arch}`,
      "bin",
      "node"
    )
    return major === 24 ? process.execPath : installed
  }

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "troupe-package-")))
    const packed: Array<{ readonly filename: string }> = Object.values(
      JSON.parse(await succeed(root, "npm", ["pack", "--json", "--pack-destination", folder]))
    )
    tarball = join(folder, packed[0]?.filename ?? "")
    const { version } = JSON.parse(readFileSync(join(root, "node_modules/effect/package.json"), "utf8"))
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--silent"]
    cpSync(join(root, "test/package/consumer"), folder, { recursive: true })
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
    await succeed(folder, "npm", [...install, tarball, `effect@${version}`])
    for (const major of nodes) {
      // a platform's own package of Node has its program and no script to install it
      const name = `node-${process.platform}-${process.arch}@${major}`
      await succeed(folder, "npm", [...install, "--prefix", join(folder, `node${major}`), name])
    }
  }, 180_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const expected = JSON.stringify(["Hello, you!", [1, 2, 3], ["Greeter#0", "Greeter#1"], "why? 4", 2])

  it("satisfies publint", async () => {
    const { messages } = await publint({ pkgDir: root, strict: true })
    expect(messages.map((message) => formatMessage(message, read("package.json")))).toEqual([])
  })

  it("has types that every module resolution of an ESM package finds", async () => {
    await succeed(root, bin("attw"), [tarball, "--profile", "esm-only"])
  })

  it("can be published for Deno, with the same exports and versions", async () => {
    await succeed(root, bin("deno"), ["publish", "--dry-run", "--allow-dirty"])
    const [npm, jsr] = [read("package.json"), read("deno.json")]
    expect(jsr["name"]).toMatch(/^@[a-z]+\/troupe$/)
    expect(jsr["version"]).toBe(npm["version"])
    const keys = Object.keys(npm["exports"] as object).filter((key) => key !== "./package.json")
    expect(Object.keys(jsr["exports"] as object)).toEqual(keys)
    for (const [key, { default: built, types }] of Object.entries(
      npm["exports"] as Record<string, { readonly default: string; readonly types: string }>
    )) {
      if (key === "./package.json") continue
      expect([built, types].filter((file) => !existsSync(join(root, file)))).toEqual([])
      const source = (jsr["exports"] as Record<string, string>)[key]
      expect(source?.replace("./src/", "./dist/").replace(".ts", ".js")).toBe(built)
    }
  })

  for (const major of [22, 24, 26]) {
    it(`runs an actor from built JavaScript on Node ${major}`, async () => {
      expect(await succeed(folder, nodeOf(major), ["--version"])).toMatch(`v${major}.`)
      expect((await succeed(folder, nodeOf(major), ["main.mjs"])).trim()).toBe(expected)
    })
  }

  it("says on an older Node which one it needs", async () => {
    const { code, stderr } = await run(folder, nodeOf(20), ["main.mjs"])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/troupe needs Node 22\.\d+ or later; this is Node 20\./)
    // what is said is what package.json says
    const { node } = read("package.json")["engines"] as { readonly node: string }
    expect(stderr).toContain(`troupe needs Node ${node.replace(">=", "")} or later`)
  })

  it("runs an actor from built JavaScript on Deno and Bun", async () => {
    expect((await succeed(folder, bin("deno"), ["run", "-A", "main.mjs"])).trim()).toBe(expected)
    expect((await succeed(folder, bin("bun"), ["main.mjs"])).trim()).toBe(expected)
  })

  it("goes through a bundler: program and worker each become one file", async () => {
    const outdir = join(folder, "bundled")
    await build({
      absWorkingDir: folder,
      entryPoints: ["bundled.mjs", "greeter.worker.mjs"],
      outdir,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node22",
      logLevel: "silent"
    })
    rmSync(join(folder, "node_modules", "troupe"), { recursive: true })
    try {
      for (const command of [nodeOf(22), nodeOf(24)]) {
        expect((await succeed(outdir, command, ["bundled.js"])).trim()).toBe(expected)
      }
      expect((await succeed(outdir, bin("deno"), ["run", "-A", "bundled.js"])).trim()).toBe(expected)
      expect((await succeed(outdir, bin("bun"), ["bundled.js"])).trim()).toBe(expected)
    } finally {
      await succeed(folder, "npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--silent", tarball])
    }
  })

  it("has a reference of every export", async () => {
    await succeed(root, process.execPath, ["scripts/api.ts"])
    const reference = readFileSync(join(root, "api/all_symbols.html"), "utf8")
    const names = Object.values(troupe).flatMap((namespace) => Object.keys(namespace))
    expect(names.length).toBeGreaterThan(60)
    const missing = names.filter((name) => !reference.includes(`title="${name}"`) && !reference.includes(`.${name}"`))
    expect(missing).toEqual([])
  })

  it("keeps the size of the package, and of what a worker loads", () => {
    for (const { bytes, limit, what } of sizes()) {
      expect(bytes, what).toBeGreaterThan(0)
      expect(bytes, what).toBeLessThanOrEqual(limit)
    }
  })
})
