import { serve } from "troupe/worker"
import greeter from "./greeter.adapter.mjs"

serve(greeter)
