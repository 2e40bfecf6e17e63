/** What a worker starts with on this runtime. */
import { boot } from "../runtime/webBootstrap.ts"

boot()
