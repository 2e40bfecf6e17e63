/** What a worker thread starts with on this runtime. */
import { boot } from "../runtime/bootstrap.ts"

boot()
