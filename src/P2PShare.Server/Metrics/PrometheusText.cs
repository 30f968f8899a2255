using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace P2PShare.Server.Metrics;

/// <summary>Writes the instruments of a meter in the text format of Prometheus, version 0.0.4.</summary>
/// <remarks>
/// An instrument whose name ends in <c>_bucket</c> begins a histogram; <c>_sum</c> and <c>_count</c> of the same name follow it.
/// </remarks>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>The value of Content-Type.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private const string BucketSuffix = "_bucket";

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private Instrument? _last;
    private string? _histogram;

    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Append(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Append(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Append(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Reads every instrument.</summary>
    public string Read()
    {
        lock (_lock)
        {
            _text.Clear();
            (_last, _histogram) = (null, null);
            _listener.RecordObservableInstruments();
            return _text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Append<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : IFormattable
    {
        if (!ReferenceEquals(instrument, _last))
            AppendHead(instrument);
        _last = instrument;
        _text.Append(instrument.Name);
        for (var i = 0; i < tags.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(tags[i].Key).Append("=\"");
            AppendEscaped(string.Create(CultureInfo.InvariantCulture, $"{tags[i].Value}"));
            _text.Append('"');
        }

        _text.Append(tags.Length > 0 ? "} " : " ").Append(value.ToString(null, CultureInfo.InvariantCulture)).Append('\n');
    }

    private void AppendHead(Instrument instrument)
    {
        var isHistogram = instrument.Name.EndsWith(BucketSuffix, StringComparison.Ordinal);
        if (isHistogram)
            _histogram = instrument.Name[..^BucketSuffix.Length];
        else if (_histogram is not null && (instrument.Name == _histogram + "_sum" || instrument.Name == _histogram + "_count"))
            return;
        var name = isHistogram ? _histogram : instrument.Name;
        var type = isHistogram ? "histogram" : instrument is ObservableCounter<long> or ObservableCounter<double> ? "counter" : "gauge";
        _text.Append("# HELP ").Append(name).Append(' ').Append(instrument.Description).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private void AppendEscaped(string label) =>
        _text.Append(label.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal));
}
