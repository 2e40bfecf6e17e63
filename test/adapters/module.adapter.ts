import path from "node:path"
import * as Adapter from "../../src/worker/Adapter.ts"

/** A module that was written without troupe. */
export default Adapter.fromModule(path.posix, { threadSafe: true })
