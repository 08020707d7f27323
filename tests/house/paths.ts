/** Names of files and folders, and the sources that may join them to a path. */
const NAMES: readonly [name: RegExp, home: RegExp][] = [
  [/['"`/](?:rag|lock)\.db(?:-wal|-shm)?['"`]/, /^src\/(?:workspaces\/folder|stores\/sqlite)\//],
  [/['"`/]__(?:uploads|enqueued|scans)__['"`]/, /^src\/workspaces\/folder\//],
  [/['"`/]_(?:trash|incoming)['"`/]/, /^src\/workspaces\/folder\//],
  [/['"`/]settings\.json['"`]/, /^src\/workspaces\/folder\/|^src\/stores\/sqlite\/export\//],
  // A thread that outlives all else of a process knows the folder for itself.
  [/['"]_control['"]|\}\/_control\b/, /^src\/tenancy\/control-files\/|^src\/life\//],
]
/** Anything below the two folders of the configuration, joined or written out. */
const BELOW =
  /\bjoin\(\s*[\w.#]*(?:WORKING_DIR|INPUT_DIR|folders\.(?:storage|inputs))\b|\$\{[\w.#]*(?:WORKING_DIR|INPUT_DIR)\}\//

const withoutRemarks = (text: string) =>
  text.replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, '').replaceAll(/^\s*(?:description|summary):.*$/gm, '')

/** Lines of a source that join a path which another module is the home of. */
export function joinedElsewhere(path: string, text: string): string[] {
  return withoutRemarks(text)
    .split('\n')
    .filter(
      (line) =>
        NAMES.some(([name, home]) => name.test(line) && !home.test(path)) ||
        (BELOW.test(line) && !path.startsWith('src/workspaces/folder/')),
    )
    .map((line) => `${path}: ${line.trim()}`)
}
