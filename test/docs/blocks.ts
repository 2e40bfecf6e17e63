/**
 * The TypeScript blocks of the guides and of the docstrings.
 */
import { readdirSync, readFileSync } from "node:fs"

/** One block. */
export interface Block {
  /** Where it stands: a file and a line. */
  readonly at: string
  /** The page or module that it stands in; blocks of one page are neighbours. */
  readonly page: string
  /** The name that its first line gives it, such as `// greeter.adapter.ts`; blocks import each other by it. */
  readonly file: string
  readonly code: string
  /** What it promises to print: the comments that begin with `=>`, in their order. */
  readonly prints: ReadonlyArray<string>
  /** Declares what it needs instead of making it: such a block is checked by the compiler, and not run. */
  readonly isSketch: boolean
}

const fence = /^( \* )?```ts\n([\s\S]*?)^( \* ?)?```$/gm

const blocksOf = (page: string, text: string): ReadonlyArray<Block> =>
  [...text.matchAll(fence)].map((match, index) => {
    const line = text.slice(0, match.index).split("\n").length
    const raw = match[2] ?? ""
    const code = match[1] === undefined ? raw : raw.replaceAll(/^ \* ?/gm, "")
    const named = /^\/\/ ([\w.-]+\.ts)\b/.exec(code)?.[1]
    return {
      at: `${page}:${line}`,
      page,
      file: named ?? `block-${index}.ts`,
      code,
      prints: [...code.matchAll(/\/\/ => (.*)$/gm)].map(([, text]) => text ?? ""),
      isSketch: /^(export )?declare /m.test(code)
    }
  })

/** All blocks of the repository at `root`. */
export const all = (root: URL): ReadonlyArray<Block> => {
  const guides = readdirSync(new URL("docs/", root)).filter((file) => file.endsWith(".md"))
  const sources = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts")
  )
  return ["README.md", ...guides.map((file) => `docs/${file}`), ...sources.map((file) => `src/${file}`)]
    .toSorted()
    .flatMap((page) => blocksOf(page, readFileSync(new URL(page, root), "utf8")))
}
