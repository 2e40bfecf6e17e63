// An existing Comlink worker. It knows nothing of troupe, and stays as it is.
import { parentPort } from "node:worker_threads"
import * as Comlink from "comlink"
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs"

Comlink.expose(
  {
    /** The mean brightness of grey pixels. */
    brightness: (pixels) => pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length,
    /** A file that its library cannot stand. */
    decode: () => process.exit(1)
  },
  nodeEndpoint(parentPort)
)
