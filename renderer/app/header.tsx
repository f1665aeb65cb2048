export function Header() { return <section aria-label="" />; }
