using System.Text;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Tests.Models;

public class UnicodeFormsTests
{
    /// <summary>The sums are those of Python's unicodedata, by make_unicode_forms.py.</summary>
    [Theory]
    [InlineData(NormalizationForm.FormC, 2891697054)]
    [InlineData(NormalizationForm.FormD, 2886967973)]
    [InlineData(NormalizationForm.FormKC, 3534090509)]
    [InlineData(NormalizationForm.FormKD, 867280219)]
    public void Every_character_between_a_letter_and_two_marks_is_normalised_as_Python_does(NormalizationForm form, uint expected)
    {
        var total = 0u;
        for (var code = 0; code < 0x30000; code++)
            if (Rune.IsValid(code))
                foreach (var unit in UnicodeForms.Normalise($"\u1100{new Rune(code)}\u0301\u0323", form))
                    total = unchecked(total * 31 + unit);
        Assert.Equal(expected, total);
    }
}
