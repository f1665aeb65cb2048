export function Dialogs() { return <section aria-label="" />; }
