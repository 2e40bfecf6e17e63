/**
 * Every row of the benchmark.
 */
import * as comlink from "./comlink.ts"
import * as effectRpc from "./effectRpc.ts"
import * as frames from "./frames.ts"
import * as piscina from "./piscina.ts"
import * as poolifier from "./poolifier.ts"
import * as raw from "./raw.ts"
import type { Row } from "./Row.ts"
import * as threads from "./threads.ts"
import * as tinypool from "./tinypool.ts"
import * as troupe from "./troupe.ts"
import * as workerpool from "./workerpool.ts"

/** The rows, in the order in which they are shown. */
export const rows: ReadonlyArray<Row> = [
  raw.rows,
  frames.rows,
  comlink.rows,
  piscina.rows,
  poolifier.rows,
  tinypool.rows,
  workerpool.rows,
  threads.rows,
  effectRpc.rows,
  troupe.rows
].flat()
