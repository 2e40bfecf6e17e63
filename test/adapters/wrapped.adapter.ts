import * as path from "node:path"
import * as Adapter from "../../src/worker/Adapter.ts"

export default Adapter.fromModule(path.posix)
