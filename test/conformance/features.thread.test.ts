import { suite } from "./features.ts"
import { runtime, thread } from "./setup.ts"

suite(`features on ${runtime}, thread`, thread)
