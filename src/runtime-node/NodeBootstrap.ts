/** What a worker thread starts with on this runtime. */
import { boot } from "../runtime/bootstrap.ts"
import * as NodeLoop from "./NodeLoop.ts"

boot(NodeLoop)
