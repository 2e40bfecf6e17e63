import { suite } from "./suite.ts"
import { inline } from "./target.ts"

suite(inline)
