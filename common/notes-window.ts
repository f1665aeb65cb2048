/** The name of the one window that the page may open beside itself: the notes of who presents. The desktop app knows it by that. */
export const NOTES_WINDOW = 'cronflow-notes';
