/**
 * Renders a folder of Markdown to a site, in the runtime that runs this file:
 *
 *     node render.ts workers ../../docs
 *
 * The result is one line of JSON on standard output, progress goes to standard error.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { Actor, WorkerProfile } from "troupe"
import * as Runtime from "troupe/runtime"
import * as Progress from "./Progress.ts"
import type { Page } from "./renderer.adapter.ts"
import { Renderer } from "./Renderer.ts"
import type { Report } from "./Report.ts"
import * as Site from "./site.ts"

const { bun, deno, node } = process.versions
const runtime = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`

const modes = {
  inline: WorkerProfile.layerInline,
  workers: WorkerProfile.layerThread
}
const isMode = (mode: string | undefined): mode is keyof typeof modes => mode !== undefined && mode in modes

const render = Effect.fn("render")(function* (pages: ReadonlyArray<Page>, mode: keyof typeof modes) {
  const renderer = yield* Renderer
  if (mode === "workers") yield* Console.error(Actor.explain(renderer))
  const progress = Progress.make(`${runtime}, ${mode}`, pages.length)

  // The first worker has started, and the others are about to: the time is that of the rendering alone.
  // The longest pages are started first, so that none of them is what everybody waits for in the end.
  const [time, rendered] = yield* Actor.forEach(
    pages,
    (page) =>
      renderer.render(page).pipe(
        Effect.mapError((error) => new Site.SiteError({ message: `Cannot render ${page.file}: ${error.message}` })),
        Effect.map((rendered) => ({ ...page, ...rendered })),
        Effect.tap(progress.tick)
      ),
    { weight: (page) => page.markdown.length + 1 }
  ).pipe(Effect.timed, Effect.ensuring(progress.end))

  const { workers } = yield* Actor.stats(renderer)
  return { rendered, seconds: Duration.toSeconds(time), workers: workers.length }
})

const program = Effect.gen(function* () {
  const [mode, folder] = process.argv.slice(2)
  if (!isMode(mode) || folder === undefined) {
    return yield* new Site.SiteError({ message: "Usage: render.ts inline|workers <folder with Markdown files>" })
  }

  const pages = yield* Site.readPages(resolve(folder))
  const { rendered, seconds, workers } = yield* render(pages, mode).pipe(
    Effect.provide(Renderer.layer.pipe(Layer.provide([Runtime.layer, modes[mode]])))
  )
  yield* Site.writeSite(fileURLToPath(new URL("./site", import.meta.url)), resolve(folder), rendered)

  const report: Report = { runtime, workers: mode === "inline" ? 0 : workers, pages: pages.length, seconds }
  yield* Console.log(JSON.stringify(report))
})

program.pipe(
  Effect.tapErrorTag("SiteError", (error) => Console.error(error.message)),
  NodeRuntime.runMain
)
