import './demo-tag.css';

/** Says of what it stands beside that it is a demo. */
export function DemoTag({ children = 'Demo' }: { children?: string }) {
  return (
    <span className="demo-tag" title="A demo: some of its failures are made up, and its effects are only pretended">
      {children}
    </span>
  );
}
