/**
 * Ends a statement that takes the number of its rows. Of a parameter that stands here by itself SQLite
 * would look at the value, and plan the statement anew each time it is run.
 */
export const LIMIT = 'LIMIT ? + 0'
