package io.sardonyx.bench.report;

/**
 * HTML as it is written: tags are the code's own, and whatever stands between them or in attributes is escaped, so that nothing in
 * a record can become markup.
 */
final class Html {
    private final StringBuilder html = new StringBuilder();

    /** Attributes are names and values in turn. */
    Html open(String tag, String... attributes) {
        html.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            html.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            html.append('"');
        }
        html.append('>');
        return this;
    }

    Html close(String tag) {
        html.append("</").append(tag).append(">\n");
        return this;
    }

    Html text(String words) {
        escape(words);
        return this;
    }

    /** An element with nothing but text in it. */
    Html element(String tag, String words, String... attributes) {
        return open(tag, attributes).text(words).close(tag);
    }

    /** What is HTML already, or a script or style of ours. */
    Html raw(String markup) {
        html.append(markup);
        return this;
    }

    private void escape(String words) {
        for (int i = 0; i < words.length(); i++) {
            char c = words.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
