from monitors.console.markdown import to_html


def test_headings_paragraphs_lists_and_code_become_html() -> None:
    text = (
        "# Title\n\nOne\nparagraph with `code` and **weight**.\n\n- a\n- b\n  goes on\n\n1. first\n2. second\n\n```\nx < 1\n\ny\n```\nafter"
    )
    assert to_html(text) == (
        "<h1>Title</h1>\n<p>One paragraph with <code>code</code> and <strong>weight</strong>.</p>\n<ul><li>a</li><li>b goes on</li></ul>\n"
        "<ol><li>first</li><li>second</li></ol>\n<pre><code>x &lt; 1\n\ny</code></pre>\n<p>after</p>"
    )


def test_links_go_to_pages_only_and_markup_is_escaped() -> None:
    assert to_html("[a](https://x.example/b)") == '<p><a href="https://x.example/b">a</a></p>'
    assert "href" not in to_html("[a](javascript:alert)")
    assert to_html("<b> & `<i>`") == "<p>&lt;b&gt; &amp; <code>&lt;i&gt;</code></p>"
