/**
 * What the process has in memory. Null while it can open no file, for the system tells it in one;
 * Node throws then, which from a timer would end the process.
 */
export function residentBytes(): number | null {
  try {
    return process.memoryUsage.rss()
  } catch {
    return null
  }
}
