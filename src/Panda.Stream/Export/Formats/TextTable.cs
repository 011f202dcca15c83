using System.Text;

namespace Panda.Stream.Export.Formats;

/// <summary>A UTF-8 file that is written line by line and on the disk when it is disposed.</summary>
internal sealed class TextTable : IDisposable
{
    private readonly FileStream _file;
    private readonly StreamWriter _lines;

    internal TextTable(string path)
    {
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        _lines = new StreamWriter(_file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
    }

    internal void WriteLine(string line) => _lines.WriteLine(line);

    public void Dispose()
    {
        _lines.Flush();
        _file.Flush(flushToDisk: true);
        _lines.Dispose();
    }
}
