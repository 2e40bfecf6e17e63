import * as Adapter from "../../src/worker/Adapter.ts"
import { dispose, setup } from "./probe.ts"

/** Several calls may run in one worker. */
export default Adapter.define({ threadSafe: true, setup, dispose })
