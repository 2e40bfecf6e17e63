import { suite } from "./suite.ts"
import { thread } from "./target.ts"

suite(thread)
