/**
 * What a web worker of troupe's own starts with: serves the main side on the worker's scope.
 */
import type { Port } from "../wire/Port.ts"
import * as ConsoleCapture from "../worker/ConsoleCapture.ts"
import { serve } from "../worker/serve.ts"
import { format } from "./format.ts"
import * as LastWords from "./LastWords.ts"

/** Serves, and loads the adapter when it is told which. */
export const boot = (): void => {
  // the scope of a web worker is its port to the main side
  const port = globalThis as unknown as Port
  LastWords.send(port)
  serve({
    port,
    capture: ({ console }) => (console ? ConsoleCapture.install(format) : undefined),
    load: (href) => import(href)
  })
}
