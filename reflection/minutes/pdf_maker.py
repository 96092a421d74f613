"""A sheet in a process of its own: `pdf_maker.py template root seconds`, JSON in, PDF out (see pdf.py).

It knows nothing of Django, so that it begins in no time.
"""

import re
import resource
import sys

import typst

MEMORY = 2 * 1024**3  # of addresses: Typst itself reserves most of one
SIMPLE = re.compile("[^\0-\u024f–—‘-”…□]")


def compiled(template: str, root: str, content: str) -> bytes:
    return typst.compile(
        template,
        root=root,
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,  # the same sheet on every machine
        sys_inputs={"content": content},
    )


def main(template: str, root: str, seconds: str):
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    content = sys.stdin.buffer.read().decode()
    try:
        sheet = compiled(template, root, content)
    except BaseException:  # no font has some signs together, or Typst itself panics over them
        sheet = compiled(template, root, SIMPLE.sub("□", content))
    sys.stdout.buffer.write(sheet)


if __name__ == "__main__":
    main(*sys.argv[1:])
