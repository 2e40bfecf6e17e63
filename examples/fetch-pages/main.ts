/**
 * Fetches many pages at once, from a server of its own that takes its time:
 *
 *     node examples/fetch-pages/main.ts
 *
 * It prints what was chosen, and what came of it.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Actor, Workload } from "troupe"
import * as Runtime from "troupe/runtime"
import type fetcher from "./fetcher.adapter.ts"

class Fetcher extends Actor.Service<Fetcher, typeof fetcher>()("Fetcher", {
  adapter: new URL("./fetcher.adapter.ts", import.meta.url),
  workload: Workload.io,
  timeout: "10 seconds"
}) {}

/** A server whose pages take 20 ms each; tells its address, and how many it has had to serve at once. */
const server = Effect.acquireRelease(
  Effect.promise(async () => {
    const seen = { now: 0, most: 0 }
    const server = createServer((request, response) => {
      seen.most = Math.max(seen.most, ++seen.now)
      setTimeout(() => {
        seen.now--
        response.setHeader("content-type", "text/html")
        response.end(`<title>Page ${request.url}</title>`)
      }, 20)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    // it listens on a port, as asked above
    return { server, seen, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }),
  ({ server }) =>
    Effect.promise(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
)

const program = Effect.gen(function* () {
  const { origin, seen } = yield* server
  const fetcher = yield* Fetcher
  yield* Console.log(Actor.explain(fetcher))
  const pages = yield* Actor.forEach([...Array(60).keys()], (n) => fetcher.fetch(`${origin}/${n}`))
  const found = pages.filter(({ status, title }, n) => status === 200 && title === `Page /${n}`)
  yield* Console.log(`${found.length} of ${pages.length} pages found, ${seen.most} of them at once`)
})

program.pipe(Effect.scoped, Effect.provide(Fetcher.layer.pipe(Layer.provide(Runtime.layer))), NodeRuntime.runMain)
