/**
 * The folders are the architecture: imports point down only. Every import of `src` is read, types included.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const src = fileURLToPath(new URL("../../src", import.meta.url))

interface Import {
  readonly from: string
  readonly to: string
  readonly type: boolean
}

const importsOf = (file: string, text: string): Array<Import> => {
  const found: Array<Import> = []
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^"'();]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g
  // documentation shows imports of its own
  for (const match of text.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(pattern)) {
    const target = match[2] ?? match[3] ?? ""
    const to = target.startsWith(".") ? normalize(join(dirname(file), target)) : target
    found.push({ from: file, to, type: match[1] !== undefined })
  }
  return found
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => relative(".", file))

const imports = files.flatMap((file) => importsOf(file, readFileSync(join(src, file), "utf8")))

/** What each folder may import besides itself. `types` only as types. */
const rules: Record<string, { readonly values: ReadonlyArray<string>; readonly types?: ReadonlyArray<string> }> = {
  wire: { values: [] },
  memory: { values: [] },
  worker: { values: ["wire", "memory", "comlink"] },
  core: { values: ["wire", "memory", "comlink", "effect/"], types: ["worker"] },
  profiles: { values: ["core", "wire", "worker", "effect/", "node:async_hooks"] },
  runtime: { values: ["core", "wire", "worker", "effect/", "node:", "runtime-node", "runtime-deno", "runtime-bun"] },
  "runtime-node": { values: ["core", "runtime", "effect/"] },
  "runtime-deno": { values: ["core", "runtime", "effect/"] },
  "runtime-bun": { values: ["core", "runtime", "effect/"] }
}

/** The call that runs on this very thread, if the worker profile is inline: how a call to oneself is noticed. */
const exceptions = new Set(["core/ActorCall.ts -> worker/Call.ts"])

const folderOf = (path: string): string => path.split("/")[0] ?? ""

const isAllowed = ({ from, to, type }: Import): boolean => {
  const folder = folderOf(from)
  const rule = rules[folder]
  // src/index.ts offers what it likes
  if (rule === undefined) return !from.includes("/")
  if (folderOf(to) === folder || exceptions.has(`${from} -> ${to}`)) return true
  const matches = (allowed: string): boolean =>
    allowed.endsWith("/") || allowed.endsWith(":") ? to.startsWith(allowed) : to === allowed || folderOf(to) === allowed
  return rule.values.some(matches) || (type && (rule.types ?? []).some(matches))
}

describe("imports", () => {
  it("are found", () => {
    expect(imports.length).toBeGreaterThan(100)
  })

  it("point down only", () => {
    expect(imports.filter((one) => !isAllowed(one)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  it("would be caught if they pointed up", () => {
    const wrong = [
      { from: "wire/Frame.ts", to: "memory/Claims.ts", type: true },
      { from: "worker/Host.ts", to: "effect/Effect", type: false },
      { from: "core/Actor.ts", to: "runtime-node/index.ts", type: true },
      { from: "core/Actor.ts", to: "worker/Host.ts", type: false },
      { from: "core/Actor.ts", to: "effect", type: false },
      { from: "core/Actor.ts", to: "node:os", type: false }
    ]
    expect(wrong.filter(isAllowed)).toEqual([])
    expect(importsOf("a/b.ts", `import type { A } from "../c/d.ts"\nconst e = import("./f.ts")`)).toEqual([
      { from: "a/b.ts", to: "c/d.ts", type: true },
      { from: "a/b.ts", to: "a/f.ts", type: false }
    ])
  })

  it("of what a worker starts with never reach Effect", () => {
    const reached = new Set<string>()
    const visit = (file: string): void => {
      if (reached.has(file)) return
      reached.add(file)
      for (const one of imports) if (one.from === file && !one.type) visit(one.to)
    }
    for (const name of ["Node", "Deno", "Bun"]) visit(`runtime-${name.toLowerCase()}/${name}Bootstrap.ts`)
    visit("worker/Adapter.ts")
    expect([...reached].filter((path) => path.startsWith("effect") || path.startsWith("core/"))).toEqual([])
    expect(reached.has("worker/Host.ts")).toBe(true)
  })

  it("never lead back to where they began", () => {
    const cycles = (all: ReadonlyArray<Import>): ReadonlyArray<string> => {
      const found: Array<string> = []
      const done = new Set<string>()
      const visit = (file: string, way: ReadonlyArray<string>): void => {
        if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(" -> "))
        else if (!done.has(file)) {
          for (const one of all) if (one.from === file && !one.type) visit(one.to, [...way, file])
          done.add(file)
        }
      }
      for (const { from } of all) visit(from, [])
      return found
    }
    expect(cycles(imports)).toEqual([])
    const [one, two] = ["core/Actor.ts", "core/ActorPool.ts"]
    expect(
      cycles([
        { from: one, to: two, type: false },
        { from: two, to: one, type: true }
      ])
    ).toEqual([])
    expect(
      cycles([
        { from: one, to: two, type: false },
        { from: two, to: one, type: false }
      ])
    ).toHaveLength(1)
  })
})
