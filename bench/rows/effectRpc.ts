/**
 * Effect's RPC over its own worker protocol, called from Effect fibers as troupe is.
 */
import { Worker } from "node:worker_threads"
import * as NodeWorker from "@effect/platform-node/NodeWorker"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as RpcClient from "effect/rpc/RpcClient"
import { Calculator } from "./Calculator.ts"
import { fromEffects } from "./effects.ts"
import { type OpenRow, type Row, workerFile } from "./Row.ts"

const open = (concurrency: number) => async (): Promise<OpenRow> => {
  const worker = new Worker(workerFile("rpc.mjs"))
  const scope = Scope.makeUnsafe()
  const protocol = RpcClient.layerProtocolWorker({ size: 1, concurrency }).pipe(
    Layer.provide(NodeWorker.layer(() => worker))
  )
  const client = await Effect.runPromise(
    Layer.build(protocol).pipe(
      Effect.flatMap((context) => RpcClient.make(Calculator).pipe(Effect.provide(context))),
      Scope.provide(scope)
    )
  )
  return fromEffects(
    (a, b) => client.add({ a, b }),
    // closing the scope would ask the worker to close itself, which it cannot on Deno
    async () => void (await worker.terminate())
  )
}

/** As it comes, and with as many calls in the worker as are in flight. */
export const rows: ReadonlyArray<Row> = [
  { name: "Effect RPC as it comes", group: "peer", open: open(1) },
  { name: "Effect RPC, concurrency 1000", group: "peer", open: open(1000) }
]
