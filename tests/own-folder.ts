import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// A server takes the users file that lies where it is started. In a checkout that is the one of whoever
// works there, so tests stand in an empty folder.
process.chdir(mkdtempSync(join(tmpdir(), 'own-folder-')))
