import { suite } from "./features.ts"
import { runtime, inline } from "./setup.ts"

suite(`features on ${runtime}, inline`, inline)
