import { suite } from "./features.ts"
import { runtime, comlink } from "./setup.ts"

suite(`features on ${runtime}, comlink`, comlink)
