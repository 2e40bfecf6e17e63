/**
 * The files: finding and reading the Markdown, writing the site.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import * as Html from "./html.ts"
import type { Page, Rendered } from "./renderer.adapter.ts"

/** Anything that stops the demo, as a sentence for the person in front of it. */
export class SiteError extends Data.TaggedError("SiteError")<{ readonly message: string }> {
  // The programs print the sentence themselves; a stack trace below it would help nobody.
  override readonly [Runtime.errorReported] = false
}

/** The paths of all files below `folder`, "/" between the parts, sorted. Symbolic links are not followed. */
const listFiles = async (folder: string, prefix = ""): Promise<Array<string>> => {
  const files: Array<string> = []
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    if (entry.isDirectory()) files.push(...(await listFiles(folder, `${prefix}${entry.name}/`)))
    if (entry.isFile()) files.push(prefix + entry.name)
  }
  return files.sort()
}

// Uninterruptible: an interrupted promise would go on behind our back, and might write into a folder being removed.
const attempt = <A>(what: string, run: () => Promise<A>): Effect.Effect<A, SiteError> =>
  Effect.uninterruptible(
    Effect.tryPromise({
      try: run,
      catch: (cause) => new SiteError({ message: `Cannot ${what}: ${cause instanceof Error ? cause.message : cause}` })
    })
  )

/** The paths of the Markdown files below `folder`. Fails when it cannot be read or holds none. */
export const findMarkdown = Effect.fn("findMarkdown")(function* (folder: string) {
  const files = yield* attempt(`read the folder ${folder}`, () => listFiles(folder))
  const markdown = files.filter((file) => file.endsWith(".md"))
  if (markdown.length === 0) return yield* new SiteError({ message: `Found no .md file in the folder ${folder}` })
  return markdown
})

export const readPages = Effect.fn("readPages")(function* (folder: string) {
  // Not readFile's own decoder: TextDecoder is one standard, so that ill-formed UTF-8 reads the same in every runtime.
  const decoder = new TextDecoder()
  return yield* Effect.forEach(
    yield* findMarkdown(folder),
    (file) =>
      attempt(`read ${file}`, () => readFile(join(folder, file))).pipe(
        Effect.map((bytes): Page => ({ file, markdown: decoder.decode(bytes) }))
      ),
    { concurrency: 16 }
  )
})

/**
 * Replaces the site at `out` by a new one, as a whole: interrupted or failing, it leaves the old site as it was.
 */
export const writeSite = Effect.fn("writeSite")(function* (
  out: string,
  folder: string,
  pages: ReadonlyArray<Page & Rendered>
) {
  const partial = `${out}.partial`
  const remove = attempt(`remove ${partial}`, () => rm(partial, { recursive: true, force: true }))
  const write = (file: string, text: string) =>
    attempt(`write ${file}`, async () => {
      await mkdir(dirname(join(partial, file)), { recursive: true })
      await writeFile(join(partial, file), text)
    })

  yield* remove
  yield* Effect.gen(function* () {
    yield* write(
      "style.css",
      yield* attempt("read style.css", () => readFile(new URL("./style.css", import.meta.url), "utf8"))
    )
    yield* write("index.html", Html.index(basename(folder), pages))
    yield* Effect.forEach(pages, (page) => write(Html.pathOf(page), Html.page(page)), {
      concurrency: 16,
      discard: true
    })
    yield* attempt(`replace ${out}`, async () => {
      await rm(out, { recursive: true, force: true })
      await rename(partial, out)
    })
  }).pipe(Effect.ensuring(Effect.ignore(remove)))
})

/** Every file of the site with its bytes, to compare two of them. */
export const readSite = Effect.fn("readSite")(function* (out: string) {
  const files = yield* attempt(`read the folder ${out}`, () => listFiles(out))
  return yield* Effect.forEach(
    files,
    (file) =>
      Effect.map(
        attempt(`read ${file}`, () => readFile(join(out, file))),
        (bytes) => ({ file, bytes })
      ),
    { concurrency: 16 }
  )
})
