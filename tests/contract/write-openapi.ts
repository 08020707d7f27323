import { writeFile } from 'node:fs/promises'
import { DESCRIPTION_FILE, describeApi } from './api-description.ts'

const text = await describeApi()
await writeFile(DESCRIPTION_FILE, text)
console.log(`docs/openapi.json: ${text.length} bytes`)
