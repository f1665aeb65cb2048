/* The channels between the page's preload script and the main process. */

/** Page to main: a page is ready to be talked to. A page that was loaded anew says so again. */
export const OPEN = 'studio:open';
/** Both ways: a message between the page and the host. */
export const MESSAGE = 'studio:message';
/** Main to page: what the menu, a notification or another start of the app asks of it. */
export const COMMAND = 'studio:command';
