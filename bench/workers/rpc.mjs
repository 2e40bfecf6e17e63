import * as NodeWorkerRunner from "@effect/platform-node/NodeWorkerRunner"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RpcServer from "effect/rpc/RpcServer"
import { Calculator } from "../rows/Calculator.ts"

const handlers = Calculator.toLayer({ add: ({ a, b }) => Effect.succeed(a + b) })

const served = RpcServer.layer(Calculator).pipe(
  Layer.provide(handlers),
  Layer.provide(RpcServer.layerProtocolWorkerRunner),
  Layer.provide(NodeWorkerRunner.layer)
)

Effect.runFork(Layer.launch(served))
